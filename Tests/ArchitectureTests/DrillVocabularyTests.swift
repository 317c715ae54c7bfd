import CordonDrill
import CordonModel
import Testing

/// The drill imports nothing that defends, so it spells some names a second time; here both spellings meet.
@Suite struct `The drill's words` {
  @Test func `the controls that it switches off are the controls that there are`() {
    #expect(WeakenableControl.allCases.map(\.rawValue) == Control.allCases.map(\.rawValue))
  }

  @Test func `its paths are the eight egress paths, in their order`() {
    #expect(Path.allCases.map(\.rawValue) == EgressPath.allCases.map(\.rawValue))
  }
}
