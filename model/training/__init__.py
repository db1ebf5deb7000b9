"""Training Storybook: render, autoencoder, latents, transformer, evaluation. One command each, CPU or GPU."""
