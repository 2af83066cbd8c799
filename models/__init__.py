"""Storage and contracts: tables, the fact chain, texts, callers, what activities are asked."""
