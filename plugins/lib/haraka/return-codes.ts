/** What a hook tells Haraka (haraka-constants). */
export const CONT = 900
export const DENY = 902
export const DENYSOFT = 903
export const DENYSOFTDISCONNECT = 909
export const OK = 906
