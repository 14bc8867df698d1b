"""The ways a mail can leave: files, SMTP and SendGrid, behind one protocol."""
