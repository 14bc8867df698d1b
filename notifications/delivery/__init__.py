"""What a mail service tells of mails that it took: whether it was the service, what it says, and what follows."""
