"""What several panes share: which gateway is meant, who a person is, what an empty pane says."""
