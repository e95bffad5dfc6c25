# vacancy
