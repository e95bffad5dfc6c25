# partner
