"""The proof that no redemption is lost and none is doubled, whatever goes away in between (`make soak`).

`plan` says what each client does, by a seed. `clients` do it through `verbs`, on a PostgreSQL server that is
stopped hard meanwhile, and keep what they were told. `ledgers` compares that with the tables. `run` leads it
all, from outside of Django.
"""
