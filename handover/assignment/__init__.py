"""Who answers: teams, what their people know and how much they bear, who is on shift, and offering them what waits."""
