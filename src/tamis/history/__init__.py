"""History: questions asked of the past, with outcomes beside the scores."""
