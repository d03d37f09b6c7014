"""The command line. One module per noun; `main` finds them by name and imports only the one that is called."""
