"""The screens: Streamlit over ``ifdo_core``, and nothing that a notebook could not do in a line."""
