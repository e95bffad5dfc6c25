// The keyboard module of the queue and case screens.
