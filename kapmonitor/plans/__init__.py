"""Plans that come with the program, one TOML file a route."""
