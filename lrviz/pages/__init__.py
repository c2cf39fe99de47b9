"""One function per page: the only importers of Streamlit beside `live` and the launcher.

They import everything; nothing but the launcher imports them.
"""

#: Where each page but the first stands, below the address of the app.
PATHS = ("training", "practice", "share", "about")
