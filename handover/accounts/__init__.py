"""Who may sign in to the workplace: accounts, passwords, sessions, and what each role is allowed to do."""
