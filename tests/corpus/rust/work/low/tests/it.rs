#[test]
fn ac1_halves() {
    assert_eq!(low::halve(8), 4);
}
