"""Routes of the app's own process beside the screens. They know no Streamlit."""
