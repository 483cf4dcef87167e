"""What a person types, '장바구니 7만원 이상, 인스타그램', as conditions of the catalogue, by rules alone."""
