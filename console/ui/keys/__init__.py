"""Keys and actions: one table, the keymap, the bar that shows them."""
