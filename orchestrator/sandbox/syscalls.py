"""The system calls that are refused inside a sandbox, by machine. Numbers as in Linux's own ``asm/unistd.h``."""

from collections.abc import Mapping

__all__ = ["REFUSED", "SHAPED"]

# name: (x86_64, aarch64); a machine that never had the call has None.
_NUMBERS: Mapping[str, tuple[int | None, int | None]] = {
    # other processes and the kernel's own memory
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "lookup_dcookie": (212, 18),
    # keyrings belong to the user, not to a namespace
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # what is mounted, and where
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    # other namespaces
    "setns": (308, 268),
    # the machine as a whole
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "create_module": (174, None),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "nfsservctl": (180, 42),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    "_sysctl": (156, None),
}

_MISSING: Mapping[str, tuple[int, int]] = {
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "clone3": (435, 435),  # its flags lie in memory, where a filter cannot look; the C library then takes clone
}
"""Said to be unknown to the kernel: programs know how to do without them."""

_MACHINES = ("x86_64", "aarch64")

REFUSED: Mapping[str, Mapping[str, tuple[int, bool]]] = {
    machine: {
        **{name: (number, False) for name, row in _NUMBERS.items() if (number := row[place]) is not None},
        **{name: (row[place], True) for name, row in _MISSING.items()},
    }
    for place, machine in enumerate(_MACHINES)
}
"""Machine, as ``uname -m`` has it -> name -> (number, whether it is said to be missing rather than forbidden)."""

SHAPED: Mapping[str, Mapping[str, int]] = {
    "x86_64": {"clone": 56, "unshare": 272, "ioctl": 16, "socket": 41, "socketpair": 53},
    "aarch64": {"clone": 220, "unshare": 97, "ioctl": 29, "socket": 198, "socketpair": 199},
}
"""Machine -> name -> number, of the calls whose arguments decide."""
