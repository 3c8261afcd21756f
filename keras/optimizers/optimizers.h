#pragma once

#include "keras/optimizers/adadelta.h"
#include "keras/optimizers/adafactor.h"
#include "keras/optimizers/adagrad.h"
#include "keras/optimizers/adam.h"
#include "keras/optimizers/adamax.h"
#include "keras/optimizers/ftrl.h"
#include "keras/optimizers/lamb.h"
#include "keras/optimizers/lion.h"
#include "keras/optimizers/muon.h"
#include "keras/optimizers/nadam.h"
#include "keras/optimizers/rmsprop.h"
#include "keras/optimizers/sgd.h"
