"""What people are told: templates, mails and the outbox that hands them over."""
