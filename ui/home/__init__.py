"""The first screen: today's visits, a new one, a demo."""
