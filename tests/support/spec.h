// A spec that compiles: what tests of runs begin with where no model is to be asked for one.
#pragma once

#include "record/spec.h"

namespace gf::test {

inline record::Spec good_spec() {
  record::Spec spec;
  spec.title = "Product by id";
  spec.intent = "A client needs one product.";
  spec.request = "Add GET /products/{id} returning one product or 404 if not found.";
  spec.introduces = {"GET /products/{id}"};
  spec.changelog.section = "Added";
  spec.changelog.entry = "A product by its id.";
  record::Criterion found{"AC1",
                          "http",
                          "the store holds 1",
                          "GET /products/1",
                          {{"status", "equals", record::Json(200)}},
                          "request: 'one product'",
                          {}};
  record::Criterion missing{"AC2",
                            "http",
                            "the store holds 1",
                            "GET /products/9",
                            {{"status", "equals", record::Json(404)}},
                            "request: '404 if not found'",
                            {}};
  spec.acceptance_criteria = {found, missing};
  return spec;
}

}  // namespace gf::test
