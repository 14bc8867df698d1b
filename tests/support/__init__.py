"""What several tests share: made-up data and local peers."""
