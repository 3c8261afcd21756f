#pragma once

// Everything of keras.callbacks.
#include "keras/callbacks/callback.h"                 // IWYU pragma: export
#include "keras/callbacks/callback_list.h"            // IWYU pragma: export
#include "keras/callbacks/csv_logger.h"               // IWYU pragma: export
#include "keras/callbacks/early_stopping.h"           // IWYU pragma: export
#include "keras/callbacks/history.h"                  // IWYU pragma: export
#include "keras/callbacks/lambda_callback.h"          // IWYU pragma: export
#include "keras/callbacks/learning_rate_scheduler.h"  // IWYU pragma: export
#include "keras/callbacks/model_checkpoint.h"         // IWYU pragma: export
#include "keras/callbacks/plot_history.h"             // IWYU pragma: export
#include "keras/callbacks/progbar_logger.h"           // IWYU pragma: export
#include "keras/callbacks/reduce_lr_on_plateau.h"     // IWYU pragma: export
#include "keras/callbacks/terminate_on_nan.h"         // IWYU pragma: export
