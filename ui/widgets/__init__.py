"""Small parts that the screens share: each shows what it is told and asks for what it wants."""
