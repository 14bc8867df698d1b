"""The pictures of the coordinators' guide: the product on telling days of the example's year, as Chromium shows it."""
