"""The application and its main screen: where panes stand and what their keys open."""
