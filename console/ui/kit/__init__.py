"""What every pane is made of: lists, lines to type in, questions, inks."""
