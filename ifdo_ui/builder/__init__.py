"""The segment builder: conditions | the tree as sentences | 모수."""
