"""Has a function's process live at another time: `watched_aws` starts the process with it."""

import os
import time

if "MOVED_BY_S" in os.environ:
    import time_machine

    time_machine.travel(time.time() + float(os.environ["MOVED_BY_S"])).start()
