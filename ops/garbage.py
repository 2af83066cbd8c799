"""Python's collector of cyclic garbage, in processes that answer people and run for weeks."""

import gc


def spare_what_stays() -> None:
    """Leaves what was made at the start out of every collection to come.

    A full collection walks over all rules, models and routes, which never go away: a tenth of a second in
    which nobody is answered. How often it looks stays as it is: workflows that leave a worker's memory are
    cyclic garbage, hundreds of megabytes of it where it is looked for rarely.
    """
    gc.collect()
    gc.freeze()
