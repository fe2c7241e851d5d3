"""How fast pages and verbs are beside what any page must cost: `manage.py bench`, `make bench`."""
