"""The screens of products: bought together, recommendations, and how good they are."""
