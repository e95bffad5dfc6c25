# contact
