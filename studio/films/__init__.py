"""Films: shots in a row with a cast, rendered through the queue, cut together, finished and signed.

script.py    a film as frozen data           schema.py   every key of film.yaml, with what it means
reading.py   film.yaml to a film             writing.py  and back
casting.py   @names in prompts               planning.py what has to be shot, in what order, after what
"""
