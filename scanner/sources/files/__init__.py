"""What every kind of file needs: finding files, opening them, and reading JSON out of them."""
