import CordonAWS
import CordonModel
import Testing

@Suite struct `A template that cannot be read` {
  @Test func `says where`() {
    let place = Location(file: "a.yaml", line: 3, column: 7)
    #expect(TemplateError.syntax("x", at: place) == .syntax("x", at: place))
    #expect(place.description == "a.yaml:3:7")
  }
}
