"""Where real things are chosen and joined: settings, the house, the web server, the worker and the command line."""
