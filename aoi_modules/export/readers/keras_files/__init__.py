"""What lies in a Keras file, of Keras 3 or Keras 2: configuration, classes, calls and weights -> a Keras model."""
