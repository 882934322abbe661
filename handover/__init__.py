"""Where people take over: tickets, working hours, accounts, the audit log and the specialists' workplace."""
