/// How many of Chromium's frames may be on their way: learned from whether they are shown.
///
/// Chromium draws, encodes and sends up to three frames ahead of the acknowledgements (`kMaxScreencastFramesInFlight` in its
/// `page_handler.cc`), sixty a second, and what it draws meanwhile it drops, the last picture of a movement as well. A
/// frame costs more to make than to show, so one that nobody could take keeps its acknowledgement: the next one is made when
/// there is use for it. After that, a picture that stands still is asked for again.
struct FrameIntake: Sendable {
  /// Tells Chromium that a frame was taken.
  typealias Acknowledge = @Sendable () -> Void

  /// One frame's acknowledgement always goes round.
  private static let mostKept = 2

  private var kept: [Acknowledge] = []
  private var screencast: Int?
  /// Whether Chromium may have dropped the newest picture.
  private(set) var isDoubtful = false

  /// A newer frame took the place of one that nobody took.
  mutating func replaced(_ frame: Acknowledge?) {
    guard let frame else { return }
    guard kept.count < Self.mostKept else { return frame() }
    kept.append(frame)
    isDoubtful = true
  }

  /// A frame is taken; `atOnce` where it did not have to wait, so that more of them could be used.
  mutating func taken(_ frame: Acknowledge?, atOnce: Bool) {
    frame?()
    if atOnce, let more = kept.popLast() { more() }
  }

  /// A frame has come. The first of another start of frames shows what is there now; Chromium counts anew with it, and
  /// acknowledgements of those before change nothing.
  mutating func arrived(of number: Int) {
    guard number != screencast else { return }
    for acknowledge in kept { acknowledge() }
    (kept, screencast, isDoubtful) = ([], number, false)
  }
}
