// Policy `due_process`: regulates what the receiver's other policies may do to a source.
#pragma once

#include "models/blocking/policy.h"

namespace mailrift {

/// Whom the receiver's policies before stage `data` would refuse is given `notice`, counted from the end of its first slice there: until it is over, mail goes on as if they did not. A source that is refused then
/// appeals at once, and is decided on after `appeal`: rightly with probability `accuracy`, drawn once a key. Right is to spare a source
/// whose share of spam, of all that it sent this receiver, is at most `guilty`, and to refuse others. Who is spared stays so until nobody would refuse it any more; then all begins
/// anew. The background botnet's addresses, of which none comes twice, are all under notice, and never appeal. A rule for study: no receiver is bound by such a law
/// (the Digital Services Act knows statements of reasons and complaints, for other services; assumed).
class DueProcess final : public Policy {
public:
    explicit DueProcess(const Review& review) : review_(review) {}

    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return {}; }
    [[nodiscard]] Proposal propose(std::span<double>, const KeyFacts&) const override { return {}; }
    [[nodiscard]] bool reads_offered() const override { return true; }
    [[nodiscard]] bool reads_chance() const override { return true; }
    [[nodiscard]] std::optional<Review> review() const override { return review_; }

private:
    Review review_;
};

}  // namespace mailrift
