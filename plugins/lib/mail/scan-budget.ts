/** How much text of one message is looked at. */
export interface ScanBudget {
  /** Asks for so many characters and answers how many are granted; the rest counts as capped. */
  take(length: number, isAttachment: boolean): number
  isSpent(isAttachment: boolean): boolean
  capped(): number
}

/** Attachments get half of it at most, so that a large one in front keeps nothing from the body. */
export function createScanBudget(maxBytes: number): ScanBudget {
  let left = maxBytes
  let leftForAttachments = Math.floor(maxBytes / 2)
  let capped = 0
  const room = (isAttachment: boolean): number => (isAttachment ? Math.min(left, leftForAttachments) : left)

  return {
    take(length, isAttachment) {
      const granted = Math.min(length, room(isAttachment))
      left -= granted
      if (isAttachment) leftForAttachments -= granted
      capped += length - granted
      return granted
    },
    isSpent: (isAttachment) => room(isAttachment) === 0,
    capped: () => capped,
  }
}
