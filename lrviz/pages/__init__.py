"""One function per page: the only importers of Streamlit beside `live` and the launcher.

Imports: core, data, training, text, figures, export, practice, live, hiding, settings.
Imported by: main, launch.
"""

#: Where each page but the first stands, below the address of the app.
PATHS = ("training", "practice", "share", "about")
