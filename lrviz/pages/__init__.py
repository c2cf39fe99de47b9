"""One function per page. Only the pages, the launcher and the live component use Streamlit."""
