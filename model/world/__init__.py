"""The Storybook world: an endless set of captioned clips, made by code from MIT art."""
