"""The ways out of the house: one gateway a provider, all behind one protocol."""
