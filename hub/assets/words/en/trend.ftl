# trend
